/** Text of the vendor's without the query strings of the addresses it quotes: they carry signatures. */
export const stripQueryStrings = (text: string): string =>
  text.replace(/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, '$1?…')
