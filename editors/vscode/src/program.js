'use strict'

const fs = require('node:fs')
const path = require('node:path')

/**
 * Finds the program that a setting names, as a shell would: a name alone on the PATH, all else as a path, ~ being the
 * home folder.
 *
 * @param {string} named
 * @param {{env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string, folder: string}} system
 * folder is where relative paths lead from
 * @returns {string | undefined} undefined where there is none that may be run
 */
function find(named, { env, platform, home, folder }) {
  const windows = platform === 'win32'
  if (named === '~' || named.startsWith('~/') || (windows && named.startsWith('~\\'))) {
    named = path.join(home, named.slice(1))
  }
  const alone = !named.includes('/') && !(windows && named.includes('\\'))
  const folders = alone ? searched(env, windows) : [folder]
  // no .cmd or .bat: those are run by a shell, which would read flags in its own way
  const endings = windows && path.extname(named) === '' ? ['.exe'] : ['']
  for (const where of folders) {
    for (const ending of endings) {
      const file = path.resolve(where, named + ending)
      if (runs(file)) return file
    }
  }
  return undefined
}

/** The folders of the PATH. One that is relative would let a workspace say which program is run. */
function searched(env, windows) {
  const key = Object.keys(env).find((name) => (windows ? name.toUpperCase() : name) === 'PATH')
  const all = (key === undefined ? '' : env[key]).split(windows ? ';' : ':')
  return all.filter((folder) => path.isAbsolute(folder))
}

/** Whether a file is there and may be run; a folder may be "run", too, as far as access says. */
function runs(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false
  }
}

module.exports = { find }
