import { createHash } from 'node:crypto'
import sharp from 'sharp'

/** Paints a small picture in one colour, uploads it to the producer and gives its `sha256:` address. */
export async function uploadPicture(url: string, apiKey: string, hue: number): Promise<string> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="100%" height="100%" fill="hsl(${hue},60%,80%)"/></svg>`
  const bytes = await sharp(Buffer.from(svg)).png().toBuffer()
  const digest = createHash('sha256').update(bytes).digest('hex')
  const answer = await fetch(`${url}/v1/sources/${digest}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/octet-stream' },
    body: bytes,
  })
  if (!answer.ok) throw new Error(`the picture was answered with ${answer.status}`)
  return `sha256:${digest}`
}
