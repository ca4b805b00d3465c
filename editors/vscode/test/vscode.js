'use strict'

// A stand-in for VS Code, as far as a language client needs one: documents that are opened, typed into and closed, the
// providers and diagnostics that an extension registers, settings, messages. Its values (ranges, edits, items of a
// completion) are VS Code's own classes, out of jest-mock-vscode. What is asked for and not here fails.

const { createVSCodeMock } = require('jest-mock-vscode')
const minimatch = require('minimatch')
const { CancellationTokenSource } = require('vscode-jsonrpc')
const { TextDocument } = require('vscode-languageserver-textdocument')

const types = createVSCodeMock({ fn: (call) => call ?? (() => undefined) })
const { Disposable, Position, Uri } = types
const never = new CancellationTokenSource().token
const nothing = () => new Disposable(() => {})

/** An event. Unlike that of jest-mock-vscode it hides no error of who listens. */
class EventEmitter {
  constructor() {
    const listeners = new Set()
    this.event = (listener, self, disposables) => {
      const call = (data) => listener.call(self, data)
      listeners.add(call)
      const disposable = new Disposable(() => listeners.delete(call))
      disposables?.push(disposable)
      return disposable
    }
    this.fire = (data) => [...listeners].forEach((call) => call(data))
    this.dispose = () => listeners.clear()
  }
}

/** A document of the editor. */
class Document {
  constructor(file, languageId, text) {
    this.uri = Uri.file(file)
    this.text = TextDocument.create(this.uri.toString(), languageId, 1, text)
    this.isClosed = false
    this.isDirty = false
    this.isUntitled = false
    this.eol = 1
  }

  get fileName() { return this.uri.fsPath }
  get languageId() { return this.text.languageId }
  get version() { return this.text.version }
  get lineCount() { return this.text.lineCount }

  getText(range) { return this.text.getText(range) }
  offsetAt(position) { return this.text.offsetAt(position) }

  positionAt(offset) {
    const { line, character } = this.text.positionAt(offset)
    return new Position(line, character)
  }

  /** The place of ‸ in a piece of the text, which stands there once. */
  at(piece) {
    const before = piece.indexOf('‸')
    const parts = this.getText().split(piece.replace('‸', ''))
    if (before < 0 || parts.length !== 2) throw new Error(`${piece} stands there ${parts.length - 1} times`)
    return this.positionAt(parts[0].length + before)
  }
}

class Editor {
  /**
   * @param {Record<string, unknown>} settings by their whole names
   * @param {string} folder that is open
   */
  constructor(settings, folder) {
    this.settings = settings
    this.documents = []
    this.providers = []
    this.diagnostics = new Map() // by URI
    this.commands = new Map()
    this.messages = []
    this.output = []
    this.opened = [] // links, and the output
    this.choose = () => undefined // what is clicked in a message
    this.waiting = []
    this.events = {}
    for (const name of ['Open', 'Change', 'Close', 'Save', 'Configuration']) this.events[name] = new EventEmitter()
    class Hover {
      constructor(contents, range) { Object.assign(this, { contents: [contents].flat(), range }) }
    }
    class InlayHint {}
    class CancellationError extends Error {}
    this.vscode = {
      ...types, CodeActionTriggerKind: { Invoke: 1, Automatic: 2 }, EventEmitter, CancellationTokenSource,
      CancellationError, Hover, InlayHint, languages: this.languages(), workspace: this.workspace(folder),
      window: this.window(), env: this.env(), commands: this.commandsOf(),
    }
  }

  languages() {
    const languages = {
      match: (selector, document) => ([selector].flat().some((one) => matches(one, document)) ? 10 : 0),
      createDiagnosticCollection: () => this.collection(),
    }
    for (const kind of Object.keys(types.languages).filter((name) => /^register\w+Provider$/.test(name))) {
      languages[kind] = (selector, provider) => {
        const registered = { kind, selector, provider }
        this.providers.push(registered)
        return new Disposable(() => this.providers.splice(this.providers.indexOf(registered), 1))
      }
    }
    return languages
  }

  workspace(folder) {
    const open = { uri: Uri.file(folder), name: 'folder', index: 0 }
    const { Open, Change, Close, Save, Configuration } = this.events
    const workspace = {
      textDocuments: this.documents, notebookDocuments: [], isTrusted: true, workspaceFolders: [open],
      getConfiguration: (section) => this.configuration(section),
      getWorkspaceFolder: () => open,
      applyEdit: async (edit) => this.apply(edit),
      createFileSystemWatcher: nothing,
      onDidOpenTextDocument: Open.event, onDidChangeTextDocument: Change.event, onDidCloseTextDocument: Close.event,
      onDidSaveTextDocument: Save.event, onDidChangeConfiguration: Configuration.event,
    }
    for (const what of ['SaveTextDocument', 'CreateFiles', 'RenameFiles', 'DeleteFiles']) {
      workspace[`onWill${what}`] = nothing
    }
    for (const what of ['ChangeWorkspaceFolders', 'OpenNotebookDocument', 'ChangeNotebookDocument',
      'SaveNotebookDocument', 'CloseNotebookDocument', 'CreateFiles', 'RenameFiles', 'DeleteFiles']) {
      workspace[`onDid${what}`] = nothing
    }
    return workspace
  }

  window() {
    const say = async (text, ...choices) => {
      this.messages.push(text)
      return choices.find((choice) => choice === this.choose(choices))
    }
    return {
      activeTextEditor: undefined, visibleTextEditors: [], onDidChangeActiveTextEditor: nothing,
      tabGroups: { all: [], onDidChangeTabs: nothing, onDidChangeTabGroups: nothing },
      showErrorMessage: say, showWarningMessage: say, showInformationMessage: say,
      createOutputChannel: () => this.channel(),
    }
  }

  env() {
    const openExternal = async (uri) => this.opened.push(uri.toString()) > 0
    return { appName: 'stand-in', language: 'en', appHost: 'desktop', openExternal }
  }

  commandsOf() {
    return {
      registerCommand: (name, run) => {
        this.commands.set(name, run)
        return new Disposable(() => this.commands.delete(name))
      },
      executeCommand: async (name, ...args) => this.commands.get(name)?.(...args),
    }
  }

  configuration(section) {
    const get = (name, otherwise) => this.settings[section ? `${section}.${name}` : name] ?? otherwise
    return { get, has: (name) => get(name) !== undefined, inspect: () => undefined }
  }

  channel() {
    const write = (text) => this.output.push(text)
    const show = () => this.opened.push('output')
    return { name: 'wasplug', append: write, appendLine: write, replace: write, show, hide: nothing, dispose: nothing }
  }

  collection() {
    const kept = this.diagnostics
    const after = (change) => {
      change()
      for (const look of this.waiting.splice(0)) look()
    }
    return {
      name: 'wasplug',
      set: (uri, found) => after(() => kept.set(uri.toString(), found ?? [])),
      delete: (uri) => after(() => kept.delete(uri.toString())),
      clear: () => after(() => kept.clear()),
      dispose: () => after(() => kept.clear()),
      get: (uri) => kept.get(uri.toString()),
      has: (uri) => kept.has(uri.toString()),
      forEach: (visit) => kept.forEach((found, uri) => visit(Uri.parse(uri), found)),
    }
  }

  /** Waits until the findings of a document are as somebody wants them. */
  async until(document, wanted) {
    for (;;) {
      const found = this.diagnostics.get(document.uri.toString())
      if (found !== undefined && wanted(found)) return found
      await new Promise((look) => this.waiting.push(look))
    }
  }

  open(file, languageId, text) {
    const document = new Document(file, languageId, text)
    this.documents.push(document)
    this.events.Open.fire(document)
    return document
  }

  close(document) {
    document.isClosed = true
    this.documents.splice(this.documents.indexOf(document), 1)
    this.events.Close.fire(document)
  }

  /** Replaces pieces of a document, as typing does. */
  type(document, edits) {
    const contentChanges = edits.map(({ range, newText }) => {
      const rangeOffset = document.offsetAt(range.start)
      return { range, text: newText, rangeOffset, rangeLength: document.offsetAt(range.end) - rangeOffset }
    })
    contentChanges.sort((a, b) => b.rangeOffset - a.rangeOffset)
    TextDocument.update(document.text, contentChanges, document.version + 1)
    document.isDirty = true
    this.events.Change.fire({ document, contentChanges, reason: undefined })
  }

  apply(edit) {
    for (const [uri, edits] of edit.entries()) {
      this.type(this.documents.find((document) => document.uri.toString() === uri.toString()), edits)
    }
    return true
  }

  set(settings) {
    Object.assign(this.settings, settings)
    const affectsConfiguration = (name) => Object.keys(settings).some((key) => `${key}.`.startsWith(`${name}.`))
    this.events.Configuration.fire({ affectsConfiguration })
  }

  /** Asks the one provider of a kind for a document. */
  async ask(kind, method, document, ...args) {
    const fitting = this.providers.filter((one) => one.kind === `register${kind}Provider` &&
      this.vscode.languages.match(one.selector, document) > 0)
    if (fitting.length !== 1) throw new Error(`${fitting.length} providers of ${kind}`)
    return fitting[0].provider[method](document, ...args, never)
  }
}

/** Whether a document is one of a filter. */
function matches(filter, document) {
  return (filter.scheme === undefined || filter.scheme === document.uri.scheme) &&
    (filter.language === undefined || filter.language === document.languageId) &&
    (filter.pattern === undefined || minimatch(document.fileName, filter.pattern))
}

module.exports = { Editor, never }
