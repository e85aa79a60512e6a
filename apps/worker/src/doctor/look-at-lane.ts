import { explain } from '@restyle/dashscope/catalogue'
import type { DashScope } from '@restyle/dashscope/client'
import { away, type Finding, ok, refuse, warn } from './finding.ts'

type Asked = Awaited<ReturnType<DashScope['list']>>

/** What the vendor said to a free question, and what to change where its account or its address would pause the lane. */
export function lookAtLane(
  { name, model, region }: { name: string; model: string; region: string },
  answer: Asked,
): Finding {
  const what = `lane ${name}`
  if (answer.kind === 'page') return ok(what, `${model} in ${region}: the key is good`)
  const { code, message, httpStatus, action } = answer
  const said = `${code}, "${message}"`
  if (httpStatus === undefined)
    return away(
      what,
      `the vendor cannot be reached, and edits wait until it is: ${message}: look at the lane's region or baseUrl, the DNS and the proxies`,
    )
  // what answers there is not the API
  if (code === 'Garbled' || code === 'Redirected' || httpStatus === 501)
    return refuse(what, `${said}: ${otherwise}`)
  if (action === 'retryLater') return warn(what, `the key could not be tried now: ${said}: run this again`)
  const { atSubmit, todo } = explain(code, message, httpStatus)
  return refuse(what, `${said}: ${atSubmit === 'pauseLane' ? begun(todo) : otherwise}`)
}

const otherwise = "check the lane's address, region and model"

/** A sentence of the error table, as it goes on after a colon. */
const begun = (todo: string): string => `${todo.charAt(0).toLowerCase()}${todo.slice(1).replace(/\.$/, '')}`
