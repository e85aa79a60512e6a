import { z } from 'zod'
import { RestyleError } from './errors.ts'
import { proxiesInUpperCase } from './net/proxy-settings.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What is wrong with variables that are right by themselves: a line each, `NAME: what is expected`. */
export type FaultsTogether = (env: Env) => string[]

/**
 * Parses the environment and reports every fault at once, one line each, those of `together` too. Blanks around a value
 * are not a part of it: secrets come from files that end with a line. Empty counts as absent. Values are not repeated:
 * they may be secrets.
 */
export function readEnv<S extends z.ZodType>(
  schema: S,
  env: Env,
  together: FaultsTogether = () => [],
): z.output<S> {
  const present = Object.fromEntries(
    Object.entries({ ...env, ...proxiesInUpperCase(env) })
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = schema.safeParse(present)
  const quoted = quotedIn(schema, present)
  const faults = [
    ...quoted.map((name) => `${name}: stands in quotation marks: leave them out`),
    ...together(present),
  ]
  if (parsed.success && faults.length === 0) return parsed.data
  const issues = (parsed.error?.issues ?? [])
    // whatever else is wrong with those follows from their marks
    .filter(({ path: [name] }) => !quoted.includes(String(name)))
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
  const lines = [...issues, ...faults].map((line) => `  ${line}`)
  throw new RestyleError('BadConfiguration', `the environment does not fit:\n${lines.join('\n')}`)
}

/** A shell takes the quotes away that stand around a value; a file of variables may keep them. */
function quotedIn(schema: z.ZodType, env: Env): string[] {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return names.filter((name) => /^(["']).*\1$/s.test(env[name] ?? ''))
}

/**
 * Runs a program, or the part of it that may be refused: what its owner has to mend (a `RestyleError` such as
 * `BadConfiguration` or `NotFitToStart`) is said as it is, without a stack, and the process ends with 2.
 */
export async function exitOnKnownError<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof RestyleError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

/** A TCP port; 0 takes any free one. */
export const port = (fallback: number) => wholeNumber(0, 65_535).default(fallback)

/** A whole number in words that say what is expected. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const error =
    most === Number.MAX_SAFE_INTEGER
      ? `must be a whole number from ${least} on`
      : `must be a whole number from ${least} to ${most}`
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error })
}
