const names = new Set(['URIError', 'RangeError', 'TypeError', 'InvalidArgumentError'])
const codes = /^(ERR_(HTTP_)?(INVALID|UNESCAPED|OUT_OF_RANGE)|UND_ERR_INVALID_ARG)/

/** Whether an error that was thrown before anything was sent is of our own making: the request could not be built. */
export const isOwnFault = ({ name, code }: { name: string; code: string }): boolean =>
  names.has(name) || codes.test(code)
