import type { Row } from './manifest.ts'

/** Called like a picture that models take: whatever it holds, somebody wants it edited. */
export const calledPicture = /\.(jpe?g|jpe|jfif|jif|png|webp|bmp|dib)$/i

/** The key of a picture by the way to it: without the extension, and without slashes, which no key may hold. */
const keyOfPath = (way: string): string => way.replace(/(?<=[^/])\.[^./]*$/, '').replaceAll('/', '__')

/** The row of a picture by the way to it within its folder; `address` is what is sent or read. */
export const rowOfPicture = (number: number, way: string, address: string): Row => ({
  number,
  cells: new Map([
    ['key', keyOfPath(way)],
    ['file', way],
    ['folder', way.slice(0, Math.max(way.lastIndexOf('/'), 0))],
  ]),
  images: [{ field: 'image', address }],
  own: {},
})
