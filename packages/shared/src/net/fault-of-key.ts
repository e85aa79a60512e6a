/** Why a text is no key that a header could carry, or undefined. It is not repeated. */
export const faultOfKey = (key: string): string | undefined =>
  /^[!#-&(-~]+$/.test(key)
    ? undefined
    : 'holds a blank, a quotation mark or a sign that no key has: copy it again'
