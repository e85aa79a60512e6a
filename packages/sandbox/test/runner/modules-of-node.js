import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)

/** What jest asks its own module system for, answered by that of Node. */
export default class ModulesOfNode {
  /** jest-circus keeps the tests of a file in its module and its handlers in the global scope: new for each file. */
  requireInternalModule(path) {
    delete globalThis[Symbol.for('EVENT_HANDLERS')]
    delete require.cache[path]
    return require(path)
  }

  requireModule(path) {
    return require(path)
  }

  async unstable_importModule(path) {
    return import(pathToFileURL(path).href)
  }

  unstable_shouldLoadAsEsm() {
    return true
  }

  getSourceMaps() {
    return new Map()
  }

  getAllCoverageInfoCopy() {}
  setGlobalsForRuntime() {}
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
}
