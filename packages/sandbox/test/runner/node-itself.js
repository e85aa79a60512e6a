/**
 * The world of a test file is Node itself, as it is for the programs: no context of its own, no transform, modules read once
 * per process. Reading them anew for each file took most of the time of a short one.
 */
export default class NodeItself {
  global = globalThis
  #before = { console: globalThis.console, exit: process.exit.bind(process) }

  async setup() {
    // jest asks for a hundred frames, which every error of the programs would pay for
    Error.stackTraceLimit = 20
    Error.prepareStackTrace = undefined
  }

  async teardown() {
    globalThis.console = this.#before.console
    process.exit = this.#before.exit
  }

  getVmContext() {
    return null
  }
}
