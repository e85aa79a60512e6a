/** Queries about one task that were refused in a row for its edit's own input; `since` is epoch ms. Kept with the edit. */
export type RefusedQueries = { code: string; count: number; since: number }

/** `askAgain` carries what to remember; undefined forgets. */
export type RefusalVerdict =
  | { kind: 'askAgain'; refused: RefusedQueries | undefined }
  | { kind: 'fail'; failure: { code: string; message: string } }

/** One refusal may be a gateway's slip. So many, over so long, are the vendor's last word on the task. */
export const lastWord = { queries: 5, overMs: 60_000 }

/** What a query without an answer means for an edit whose earlier queries were refused like `before`. */
export function countRefusal(
  before: RefusedQueries | undefined,
  { refusedForGood, code, message }: { refusedForGood?: boolean; code: string; message: string },
  now: number,
): RefusalVerdict {
  // that no answer came takes nothing back
  if (refusedForGood !== true) return { kind: 'askAgain', refused: before }
  const like = before?.code === code ? before : { code, count: 0, since: now }
  const refused = { ...like, count: like.count + 1 }
  return refused.count >= lastWord.queries && now - refused.since >= lastWord.overMs
    ? { kind: 'fail', failure: { code, message } }
    : { kind: 'askAgain', refused }
}
