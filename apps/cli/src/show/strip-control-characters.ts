/** Makes text from outside safe to print: control characters could recolour a terminal, retitle it or type into it. */
export const stripControlCharacters = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '?')
