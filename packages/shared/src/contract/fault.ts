import type { z } from 'zod'

/** One thing to repair in a value that was sent: the path into it, and a whole sentence. */
export type Fault = { path: readonly PropertyKey[]; detail: string }

/** What zod found, in sentences. */
export const faultsOf = (error: z.ZodError): Fault[] =>
  error.issues.flatMap((issue) => {
    const { path } = issue
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: [...path, key],
        detail: `${nameOf([...path, key])} is not a known field`,
      }))
    if (issue.code === 'invalid_key')
      return issue.issues.map((inner) => ({
        path,
        detail: sentence(`the name ${JSON.stringify(short(String(path.at(-1))))}`, inner),
      }))
    return [{ path, detail: sentence(nameOf(path), issue) }]
  })

const nameOf = (path: Fault['path']): string =>
  path.length === 0 ? 'the body' : path.map((part) => short(String(part))).join('/')

/** A name that somebody sent may be as long as the body. */
export const short = (name: string): string => (name.length > 64 ? `${name.slice(0, 64)}…` : name)

function sentence(name: string, issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.message.endsWith('received undefined')) return `${name} is needed`
    return `${name} must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected === 'int' ? 'integer' : issue.expected}`
  }
  if (issue.code === 'too_big') return `${name} must be at most ${issue.maximum}${unitOf(issue.origin)}`
  if (issue.code === 'too_small') return `${name} must be at least ${issue.minimum}${unitOf(issue.origin)}`
  // our own messages continue the sentence after the name; zod's are sentences of their own
  return /^[a-z]/.test(issue.message) ? `${name} ${issue.message}` : `${name}: ${issue.message}`
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters long' : origin === 'array' ? ' long' : ''
