import type { Finding } from './finding.ts'

/** The last line that the doctor prints: whether a worker would start, and do its work. */
export function sumUp(findings: readonly Finding[]): { exitCode: 0 | 1; says: string } {
  const count = (wanted: Finding['verdict']) => findings.filter(({ verdict }) => verdict === wanted).length
  const [stops, aways, warnings] = [count('refuse'), count('away'), count('warn')]
  if (stops > 0)
    return {
      exitCode: 1,
      says: `${problems(stops + aways)}: change what the ${marked(stops, aways)} and run this again (settings: docs/operations.md)`,
    }
  if (aways > 0)
    return { exitCode: 1, says: `${problems(aways)}: a worker would start, and wait until it is over` }
  const also =
    warnings === 0 ? '' : `; ${warnings} ${warnings === 1 ? 'thing is' : 'things are'} worth a look (warn)`
  return { exitCode: 0, says: `a worker can start${also}` }
}

const problems = (count: number): string => (count === 1 ? '1 problem' : `${count} problems`)

const marked = (stops: number, aways: number): string => {
  const lines = stops + aways === 1 ? 'line says' : 'lines say'
  return aways === 0 ? `STOP ${lines}` : `STOP and AWAY ${lines}`
}
