import { createHash } from 'node:crypto'

/** An input picture as it is remembered: addresses stay, inline bytes become `data:<mime>;sha256,<hex of the whole URI>`. */
export const shortImage = (image: string): string =>
  image.startsWith('data:') && image.includes(';base64,')
    ? `${image.slice(0, image.indexOf(';'))};sha256,${createHash('sha256').update(image).digest('hex')}`
    : image
