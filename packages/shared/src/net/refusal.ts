import { isIP } from 'node:net'
import { rangeOf } from './trusted-ranges.ts'

/**
 * A connection that was not made. The message may reach a producer, who has no business learning what a name means inside
 * our network: `address`, `range` and `hint` are for the log and the doctor.
 */
export type Refusal = Error & { code: 'ERR_PRIVATE_ADDRESS'; address: string; range: string; hint: string }

export function refusal(hostname: string, address: string): Refusal {
  return Object.assign(new Error(`${hostname} is not on the public internet`), {
    code: 'ERR_PRIVATE_ADDRESS' as const,
    address,
    ...explainRefusal(hostname, address),
  })
}

/** Where a refused name or literal leads, and the setting that would let it pass, where one may. */
export function explainRefusal(hostname: string, address: string): { range: string; hint: string } {
  const { range, means } = rangeOf(address)
  if (isIP(hostname) !== 0)
    return { range, hint: `${hostname} is an inner address (${range}), which is never fetched` }
  if (means === undefined)
    return {
      range,
      hint: `${hostname} leads to an inner address (${range}), which is not fetched: look at the DNS of this machine`,
    }
  const hint = `${hostname} leads into ${range}, ${means}: if this network has one, set RESTYLE_TRUST_RANGES=${range}`
  return { range, hint }
}
