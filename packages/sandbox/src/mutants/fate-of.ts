import { z } from 'zod'
import type { Fate } from './mutant.ts'

/** The part of jest's JSON report that decides. */
const JestReport = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

const isTimeout = (message: string): boolean => /exceeded timeout of [\d.]+ ?(ms|s)/i.test(message)

/** Reads what became of a mutant from jest's report (its JSON, parsed). */
export function fateOf(report: unknown): Fate {
  const { numPassedTests, testResults } = JestReport.parse(report)
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
  const telling = failed.find(({ failureMessages }) => !(failureMessages ?? []).every(isTimeout))
  if (telling !== undefined) return { kind: 'killed', by: telling.fullName }
  const first = failed[0]
  if (first !== undefined) return { kind: 'timedOut', detail: `no answer in time: ${first.fullName}` }
  const unloaded = testResults.find(
    ({ assertionResults, message }) => assertionResults.length === 0 && message !== '',
  )
  if (unloaded !== undefined) return { kind: 'broken', detail: unloaded.message.split('\n', 3).join(' ') }
  if (numPassedTests === 0) return { kind: 'broken', detail: 'no test ran' }
  return { kind: 'survived', detail: `${numPassedTests} tests passed` }
}
