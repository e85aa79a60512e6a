import { watchForLeaks } from '../src/secrets/leaks.ts'

/** Fails a run of the tests that has printed a secret of theirs, in whatever test, program or log. */
export default class NoSecrets {
  #found = []

  constructor() {
    for (const stream of [process.stdout, process.stderr])
      watchForLeaks(stream, (what) => this.#found.push(what))
  }

  getLastError() {
    const [what] = this.#found
    if (what !== undefined) return new Error(`the tests have printed ${this.#found.join(', ')}`)
  }
}
