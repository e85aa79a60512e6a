import { watchForLeaks } from '../../src/secrets/leaks.ts'

/** Fails a run of the tests that has printed a secret of theirs, in whatever test, program or log. */
export default class NoSecrets {
  #found = []

  constructor() {
    for (const stream of [process.stdout, process.stderr])
      watchForLeaks(stream, (what) => this.#found.push(what))
  }

  onRunComplete() {
    if (this.#found.length > 0) process.stderr.write(`\n${this.#says()}\n`)
  }

  getLastError() {
    if (this.#found.length > 0) return new Error(this.#says())
  }

  #says = () => `The tests have printed what nobody may see: ${this.#found.join(', ')}.`
}
