'use strict'

// The package that `build` makes, unpacked as VS Code does it, and its client against the real program:
//
//   WASPLUG=PROGRAM VSIX=PACKAGE node --test test/

const assert = require('node:assert/strict')
const fs = require('node:fs')
const Module = require('node:module')
const os = require('node:os')
const path = require('node:path')
const { pipeline } = require('node:stream/promises')
const test = require('node:test')
const yauzl = require('yauzl')
const { Editor, never } = require('./vscode')

const program = path.resolve(process.env.WASPLUG ?? 'wasplug')
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'wasplug-'))
test.after(() => fs.rmSync(scratch, { recursive: true }))

/** Unpacks a .vsix, and returns the names of what is in it. */
async function unpack(file, folder) {
  const zip = await new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (err, opened) => (err ? reject(err) : resolve(opened)))
  })
  const names = []
  const ended = new Promise((resolve, reject) => zip.on('end', resolve).on('error', reject))
  zip.on('entry', async (entry) => {
    const to = path.join(folder, entry.fileName)
    fs.mkdirSync(path.dirname(to), { recursive: true })
    const from = await new Promise((resolve, reject) => {
      zip.openReadStream(entry, (err, stream) => (err ? reject(err) : resolve(stream)))
    })
    await pipeline(from, fs.createWriteStream(to))
    names.push(entry.fileName)
    zip.readEntry()
  })
  zip.readEntry()
  await ended
  zip.close()
  return names
}

let names = []
test.before(async () => { names = await unpack(path.resolve(process.env.VSIX), scratch) })

/** Starts the extension of the package in an editor. */
async function activated(t, settings) {
  const folder = path.join(scratch, 'extension')
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const defaults = Object.entries(manifest.contributes.configuration.properties)
  const editor = new Editor({ ...Object.fromEntries(defaults.map(([name, { default: value }]) => [name, value])),
    'wasplug.path': program, 'wasplug.flags': ['--no-settings', '--profile=pedantic'], ...settings }, scratch)
  const load = Module._load
  Module._load = (name, ...rest) => (name === 'vscode' ? editor.vscode : load(name, ...rest))
  const main = path.join(folder, manifest.main)
  delete require.cache[require.resolve(main)]
  const extension = require(main)
  Module._load = load
  await extension.activate({ subscriptions: [] })
  t.after(() => extension.deactivate())
  assert.deepEqual([...editor.commands.keys()].sort(), manifest.contributes.commands.map((one) => one.command).sort())
  return { editor, extension }
}

const config = `<Config>
 <!-- für 😀 --><Log Name="/l" LogLevel="errör"/>
 <VirtualHostGroup Name="hosts"><VirtualHost Name="*:80"/></VirtualHostGroup>
 <ServerCluster Name="shop" LoadBalance="random">
  <Server Name="m1" CloneID="a1"><Transport Hostname="h" Port="80" Protocol="http"/></Server>
 </ServerCluster>
 <UriGroup Name="uris"><Uri Name="/a/*"/><Uri Name="/a/b/*"/></UriGroup>
 <Route ServerCluster="shop" UriGroup="uris" VirtualHostGroup="hosts"/>
</Config>
`

const topology = `clusters:
  shop:
    members:
      - {name: m1, host: h, http: 9080, cloneId: a1}
applications:
  - {name: shop, cluster: shop, contextRoot: /shop}
`

const open = (editor, text = config) => editor.open(path.join(scratch, 'plugin-cfg.xml'), 'xml', text)
const about = (word) => (found) => found.filter((one) => one.message.includes(word))
const has = (word) => (found) => about(word)(found).length > 0
const lacks = (word) => (found) => about(word)(found).length === 0

/** The labels of what is offered at a place. */
async function completed(editor, document, piece) {
  const asked = await editor.ask('CompletionItem', 'provideCompletionItems', document, document.at(piece),
    { triggerKind: 0 })
  return (asked.items ?? asked).map((item) => item.label)
}

function insert(editor, document, piece, newText) {
  const at = document.at(piece)
  editor.type(document, [{ range: { start: at, end: at }, newText }])
}

test('the package holds what it needs, and no more', () => {
  assert.deepEqual(names.sort(), ['[Content_Types].xml', 'extension.vsixmanifest', 'extension/LICENSE.txt',
    'extension/THIRD-PARTY.txt', 'extension/changelog.md', 'extension/dist/extension.js', 'extension/package.json',
    'extension/readme.md'])
  const licences = fs.readFileSync(path.join(scratch, 'extension/THIRD-PARTY.txt'), 'utf8')
  for (const name of ['vscode-languageclient', 'vscode-jsonrpc', 'semver', 'minimatch']) {
    assert.match(licences, new RegExp(`==== ${name} \\d`))
  }
})

test('findings, hover, definition, references, rename, completion, repair, formatting, lens', async (t) => {
  const { editor } = await activated(t)
  const document = open(editor)
  const [found] = about('LogLevel')(await editor.until(document, has('LogLevel')))
  assert.equal(found.code, 'WP106')
  assert.equal(document.getText(found.range), 'errör')

  const hover = await editor.ask('Hover', 'provideHover', document, document.at('Load‸Balance'))
  assert.match(hover.contents[0].value ?? hover.contents[0], /LoadBalance, attribute of ServerCluster/)

  const use = document.at('Route ServerCluster="sh‸op"')
  const [definition] = await editor.ask('Definition', 'provideDefinition', document, use)
  assert.equal(definition.range.start.line, 3)
  const references = await editor.ask('Reference', 'provideReferences', document, use, { includeDeclaration: true })
  assert.deepEqual(references.map((one) => one.range.start.line), [3, 7])

  assert.ok((await completed(editor, document, 'Protocol="‸http"')).includes('https'))

  const lenses = await editor.ask('CodeLens', 'provideCodeLenses', document)
  const provider = editor.providers.find((one) => one.kind === 'registerCodeLensProvider').provider
  const lens = await provider.resolveCodeLens(lenses[0], never)
  assert.equal(lens.command.title, 'score 3, loses to /a/b/* (shop, line 7)')

  const [balance] = about('"random"')(editor.diagnostics.get(document.uri.toString()))
  const actions = await editor.ask('CodeActions', 'provideCodeActions', document, balance.range,
    { diagnostics: [balance], only: undefined, triggerKind: 1 })
  const repair = actions.find((one) => one.isPreferred)
  assert.equal(repair.diagnostics[0].code, balance.code)
  editor.apply(repair.edit)
  await editor.until(document, lacks('"random"'))
  assert.match(document.getText(), /LoadBalance="Random"/)

  editor.apply(await editor.ask('Rename', 'provideRenameEdits', document, use, 'kiosk'))
  assert.match(document.getText(), /<ServerCluster Name="kiosk"[^]*<Route ServerCluster="kiosk"/)

  editor.type(document, [{ range: found.range, newText: 'Error' }])
  await editor.until(document, lacks('LogLevel'))
  const edits = await editor.ask('DocumentFormattingEdit', 'provideDocumentFormattingEdits', document,
    { tabSize: 3, insertSpaces: true })
  editor.type(document, edits)
  assert.match(document.getText(), /\n {3}<Log LogLevel="Error" Name="\/l"\/>\n/)

  editor.close(document)
  await editor.until(document, (all) => all.length === 0)
  assert.deepEqual(editor.messages, [])
})

test('a topology: findings, hover, completion, definition', async (t) => {
  const { editor } = await activated(t)
  const document = editor.open(path.join(scratch, 'topology.yaml'), 'yaml', topology)
  await editor.until(document, () => true)
  const hover = await editor.ask('Hover', 'provideHover', document, document.at('cluster: sh‸op'))
  assert.match(hover.contents[0].value ?? hover.contents[0], /cluster shop, members: m1 \(line 2\)/)
  const [definition] = await editor.ask('Definition', 'provideDefinition', document, document.at('cluster: sh‸op'))
  assert.equal(definition.range.start.line, 1)
  insert(editor, document, '/shop}\n‸', 'flavor: ')
  assert.deepEqual(await completed(editor, document, 'flavor: ‸'), ['was', 'liberty', 'plain'])
  insert(editor, document, 'flavor: ‸', 'libertine')
  await editor.until(document, has('did you mean'))
})

test('files of others start nothing', async (t) => {
  const { editor } = await activated(t)
  editor.open(path.join(scratch, 'pom.xml'), 'xml', '<project/>')
  await editor.commands.get('wasplug.restart')()
  assert.deepEqual([editor.output, editor.messages, editor.providers], [[], [], []])
})

test('without the program it says what to do, once, and starts when it is there', async (t) => {
  const { editor } = await activated(t, { 'wasplug.path': 'wasplug-that-nobody-has' })
  editor.choose = ([first]) => first
  const document = open(editor)
  open(editor)
  await editor.commands.get('wasplug.showOutput')()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(editor.messages.length, 1)
  assert.match(editor.messages[0], /no program "wasplug-that-nobody-has" can be run\. Install it, or set wasplug\.path/)
  const page = 'https://github.com/wasplug/wasplug/blob/main/docs/install.md'
  assert.deepEqual(editor.opened.sort(), [page, 'output'])
  editor.set({ 'wasplug.path': program })
  await editor.until(document, has('LogLevel'))
})

test('flags that are wrong are told with what the program says', async (t) => {
  const { editor } = await activated(t, { 'wasplug.flags': ['--profile=none'] })
  open(editor)
  await editor.commands.get('wasplug.restart')()
  assert.match(editor.messages[0], /^wasplug does not start: [^]*profile.* want one of/)
  assert.match(editor.output.join('\n'), /want one of/)
})

test('a restart tells the findings again, and an end leaves no process', async (t) => {
  const { editor, extension } = await activated(t)
  const document = open(editor)
  await editor.until(document, has('LogLevel'))
  editor.diagnostics.clear()
  await editor.commands.get('wasplug.restart')()
  await editor.until(document, has('LogLevel'))
  await extension.deactivate()
  assert.equal(editor.diagnostics.size, 0)
  while (process.getActiveResourcesInfo().includes('ProcessWrap')) await new Promise((look) => setTimeout(look, 10))
})
