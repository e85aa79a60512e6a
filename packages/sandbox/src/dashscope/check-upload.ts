import type { Refusal } from './answer.ts'
import { accessKeyId } from './result-urls.ts'
import { readKey, readPolicy, signPolicy } from './upload-policy.ts'

const fields = [
  'OSSAccessKeyId',
  'Signature',
  'policy',
  'key',
  'x-oss-object-acl',
  'x-oss-forbid-overwrite',
  'success_action_status',
  'file',
]

const deny = (status: number, code: string, message: string): Refusal => ({ status, code, message })

/** A field of the form; empty where it is missing or a file. */
export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** Why the store refuses a form, if it does: its fields, its signature, and what the policy allows. `now` in epoch ms. */
export const refusalOfForm = (form: FormData, secret: string, now: number): Refusal | undefined =>
  refusalOfFields([...form.keys()]) ?? refusalOfSigner(form, secret) ?? refusalByPolicy(form, now)

const refusalOfFields = (names: string[]): Refusal | undefined => {
  const missing = fields.find((field) => !names.includes(field))
  if (missing !== undefined) return deny(400, 'InvalidArgument', `The field ${missing} is missing.`)
  if (names.at(-1) !== 'file') return deny(400, 'InvalidArgument', 'The file must be the last field.')
  return undefined
}

const refusalOfSigner = (form: FormData, secret: string): Refusal | undefined => {
  if (textOf(form, 'OSSAccessKeyId') !== accessKeyId) {
    const message = 'The OSS Access Key Id you provided does not exist in our records.'
    return deny(403, 'InvalidAccessKeyId', message)
  }
  if (textOf(form, 'Signature') !== signPolicy(textOf(form, 'policy'), secret)) {
    const message = 'The signature we calculated does not match yours.'
    return deny(403, 'SignatureDoesNotMatch', message)
  }
  return undefined
}

const refusalByPolicy = (form: FormData, now: number): Refusal | undefined => {
  const { expiration, folder } = readPolicy(textOf(form, 'policy'))
  if (Date.parse(expiration) <= now) {
    return deny(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.')
  }
  const key = textOf(form, 'key')
  const inFolder = key.startsWith(`${folder}/`) && readKey(key) !== undefined
  const asSaid =
    textOf(form, 'x-oss-object-acl') === 'private' && textOf(form, 'success_action_status') === '200'
  return inFolder && asSaid
    ? undefined
    : deny(403, 'AccessDenied', 'Invalid according to Policy: Policy Condition failed.')
}
