/** What a call that was not taken came with, as `SubmitOutcome` and `Unanswered` tell it. */
type Refused = { action: string; code: string; httpStatus?: number | undefined }

/**
 * Whether the vendor had nothing against a call but that there were too many: a code of throttling, or an HTTP 429 that names
 * no fault of the account. What never reached the vendor is none.
 */
export const isThrottled = ({ action, code, httpStatus }: Refused): boolean =>
  action === 'retryLater' && (httpStatus === 429 || /^throttling\b/i.test(code))
