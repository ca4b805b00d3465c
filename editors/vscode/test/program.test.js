'use strict'

const assert = require('node:assert/strict')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const test = require('node:test')
const { find } = require('../src/program')

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasplug-'))
test.after(() => fs.rmSync(folder, { recursive: true }))
const file = path.join(folder, 'wasplug')
fs.writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
fs.writeFileSync(path.join(folder, 'wasplug.exe'), '', { mode: 0o755 })
fs.writeFileSync(path.join(folder, 'text'), '', { mode: 0o644 })

for (const [named, system, want] of [
  ['wasplug', { env: { PATH: `/none:${folder}` } }, file],
  ['wasplug', { env: { PATH: '/none' } }, undefined],
  ['wasplug', { env: {} }, undefined],
  ['wasplug', { env: { PATH: '.:' } }, undefined], // what a workspace holds is not started by its name
  ['./wasplug', { env: {} }, file],
  [file, { env: {} }, file],
  ['~/wasplug', { env: {} }, file],
  ['~', { env: {} }, undefined], // a folder
  ['text', { env: { PATH: folder } }, undefined], // no right to run it
  ['wasplug', { env: { Path: folder }, platform: 'win32' }, path.join(folder, 'wasplug.exe')],
]) {
  test(`${named} with ${JSON.stringify(system)}`, () => {
    assert.equal(find(named, { platform: 'linux', home: folder, folder, ...system }), want)
  })
}
