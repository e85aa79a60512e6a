/** Called like a picture that models take: whatever it holds, somebody wants it edited. */
export const calledPicture = /\.(jpe?g|jpe|jfif|jif|png|webp|bmp|dib)$/i

/** The key of a picture by the way to it: without the extension, and without slashes, which no key may hold. */
export const keyOfPath = (way: string): string => way.replace(/(?<=[^/])\.[^./]*$/, '').replaceAll('/', '__')
