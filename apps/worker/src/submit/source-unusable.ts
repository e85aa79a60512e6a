import { type FailureCode, ownFailure } from '@restyle/shared/contract/failure-codes'

/** The vendor cannot open an address that an edit names, and never will. */
export class SourceUnusable extends Error {
  readonly failure: ReturnType<typeof ownFailure>
  constructor(code: FailureCode, message: string) {
    super(message)
    this.failure = ownFailure(code, message)
  }
}
