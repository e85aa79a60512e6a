import { createHmac } from 'node:crypto'
import { bytesOf } from './secrets.ts'

/** A message as Standard Webhooks 1.0.0 signs it. `at`: when it is sent (epoch ms). */
export type Message = { id: string; at: number; body: string }

/** The headers that tell who sent a message, and when: one signature for each secret. */
export function signedHeaders({ id, at, body }: Message, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', bytesOf(secret)).update(`${id}.${timestamp}.${body}`)
    return `v1,${mac.digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
