'use strict'

const { execFile } = require('node:child_process')
const os = require('node:os')
const path = require('node:path')
const vscode = require('vscode')
const { LanguageClient } = require('vscode-languageclient/node')
const { find } = require('./program')

const installing = 'https://github.com/wasplug/wasplug/blob/main/docs/install.md'

/** The connection to `wasplug lsp`: none until a file of ours is open, and none where there is no program. */
class Connection {
  constructor() {
    this.output = vscode.window.createOutputChannel('wasplug')
    this.client = undefined
    this.told = false // that there is no program
    this.queue = Promise.resolve()
  }

  /** What is done to the connection is done one thing after the other. */
  after(step) {
    this.queue = this.queue.then(step).catch((err) => this.output.appendLine(String(err)))
    return this.queue
  }

  start() {
    return this.after(async () => {
      if (this.client === undefined && vscode.workspace.textDocuments.some(isOurs)) await this.connect()
    })
  }

  stop() {
    return this.after(async () => {
      const client = this.client
      this.client = undefined
      this.told = false
      if (client?.needsStop()) await client.stop()
    })
  }

  /** The settings are read anew each time: a change of them restarts the connection. */
  async connect() {
    const settings = vscode.workspace.getConfiguration('wasplug')
    const named = settings.get('path', 'wasplug')
    const folder = workFolder()
    const command = find(named, { env: process.env, platform: process.platform, home: os.homedir(), folder })
    if (command === undefined) {
      this.missing(named)
      return
    }
    const args = ['lsp', ...settings.get('flags', [])]
    this.output.appendLine(`${command} ${args.join(' ')} (in ${folder})`)
    // asked before the client starts it, which would start a program that ends at once again and again, and not say
    // why
    const problem = await wrong(command, args, folder)
    if (problem !== undefined) {
      this.failed(problem)
      return
    }
    this.client = new LanguageClient('wasplug', 'wasplug', { command, args, options: { cwd: folder } }, {
      documentSelector: selector(),
      outputChannel: this.output,
    })
    await this.client.start()
  }

  /** Says once what to do where there is no program. */
  missing(named) {
    const text = `wasplug is not there: no program "${named}" can be run. Install it, or set wasplug.path.`
    this.output.appendLine(text)
    if (this.told) return
    this.told = true
    choose(text, {
      'How to install': () => vscode.env.openExternal(vscode.Uri.parse(installing)),
      Settings: () => vscode.commands.executeCommand('workbench.action.openSettings', 'wasplug.path'),
    })
  }

  failed(problem) {
    this.output.appendLine(problem)
    choose(`wasplug does not start: ${problem}`, {
      'Show Output': () => this.output.show(),
      Settings: () => vscode.commands.executeCommand('workbench.action.openSettings', 'wasplug'),
    })
  }
}

/**
 * Says why a program would not serve, undefined where it would. To an editor that is gone at once it answers with 1;
 * wrong flags and settings that cannot be read have other exit codes, and their reason on standard error.
 */
function wrong(command, args, cwd) {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd, timeout: 60_000 }, (err, _, stderr) => {
      resolve(err?.code === 1 ? undefined : stderr.trim() || String(err ?? 'it is another program'))
    })
    child.stdin?.end()
  })
}

/** Shows an error, without waiting until somebody chooses what to do about it. */
function choose(text, actions) {
  vscode.window.showErrorMessage(text, ...Object.keys(actions)).then((chosen) => actions[chosen]?.())
}

/** The files that settings say are ours. */
function selector() {
  const patterns = vscode.workspace.getConfiguration('wasplug').get('files', [])
  return patterns.map((pattern) => ({ scheme: 'file', pattern }))
}

/** Whether a document is one of the files that settings name: VS Code rates a match above 0. */
function isOurs(document) {
  return vscode.languages.match(selector(), document) > 0
}

/** Where the program runs: it looks for .wasplug.yaml there and above. */
function workFolder() {
  const folder = vscode.workspace.workspaceFolders?.[0]
  if (folder !== undefined && folder.uri.scheme === 'file') return folder.uri.fsPath
  const document = vscode.workspace.textDocuments.find(isOurs)
  return document === undefined ? os.homedir() : path.dirname(document.uri.fsPath)
}

let connection

async function activate(context) {
  connection = new Connection()
  const restart = () => connection.stop().then(() => connection.start())
  context.subscriptions.push(
    connection.output,
    vscode.commands.registerCommand('wasplug.restart', restart),
    vscode.commands.registerCommand('wasplug.showOutput', () => connection.output.show()),
    // any XML or YAML file activates the extension (package.json); nothing is started until one of ours is open
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isOurs(document)) connection.start()
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const ours = ['path', 'flags', 'files'].some((name) => change.affectsConfiguration(`wasplug.${name}`))
      if (ours) restart()
    }),
  )
  await connection.start()
}

function deactivate() {
  return connection?.stop()
}

module.exports = { activate, deactivate }
