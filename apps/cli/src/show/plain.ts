/** Text from outside, safe for a terminal: control characters could recolour it, retitle it or type into it. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '?')
