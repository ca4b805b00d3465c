'use strict'

// Writes the licences of what is bundled into the extension, by what esbuild says it has read (--metafile).
const fs = require('node:fs')
const path = require('node:path')

const { inputs } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const folders = Object.keys(inputs).map((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1])
for (const folder of [...new Set(folders)].filter(Boolean).sort()) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const texts = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file)).sort()
  if (texts.length === 0) throw new Error(`${name} has no licence text`)
  for (const file of texts) {
    console.log(`\n==== ${name} ${version}, ${license}: ${file}\n`)
    console.log(fs.readFileSync(path.join(folder, file), 'utf8').replace(/\r\n/g, '\n'))
  }
}
