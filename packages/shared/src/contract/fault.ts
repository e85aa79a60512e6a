import type { z } from 'zod'

/** One thing to repair in a value that was sent: the path into it, and a whole sentence. */
export type Fault = { path: readonly PropertyKey[]; detail: string }

/** What zod found, in sentences. */
export const faultsOf = (error: z.ZodError): Fault[] =>
  error.issues.flatMap((issue) => {
    const { path } = issue
    if (issue.code !== 'unrecognized_keys') return [{ path, detail: sentence(nameOf(path), issue) }]
    return issue.keys.map((key) => ({
      path: [...path, key],
      detail: `${nameOf([...path, key])} is not a known field`,
    }))
  })

const nameOf = (path: Fault['path']): string => (path.length === 0 ? 'the body' : path.map(String).join('/'))

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
