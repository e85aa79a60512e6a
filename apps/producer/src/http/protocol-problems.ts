/** Refusals that HTTP itself knows: the request is not even looked at. */
export const protocolProblems = {
  'method-not-allowed': {
    status: 405,
    title: 'The address does not take this method',
    todo: 'Use one of the methods in `Allow`.',
  },
  'not-acceptable': {
    status: 406,
    title: 'The address does not answer in a form that is asked for',
    todo: 'Leave `Accept` out, or send one of the types that `detail` names.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not come to its end in time',
    todo: 'Send the same request again, faster or in smaller pieces.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    todo: 'Send less at once, such as a batch in chunks of rows.',
  },
  'uri-too-long': {
    status: 414,
    title: 'The address is too long',
    todo: 'Shorten the address: ids and cursors as they were given fit.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a kind that is not read here',
    todo: 'Send the `Content-Type` that the document names, and no `Content-Encoding`.',
  },
  'range-not-satisfiable': {
    status: 416,
    title: 'The bytes end before the range begins',
    todo: 'Ask for bytes that are there; `Content-Range` says how many there are.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Address and headers are too long',
    todo: 'Send fewer or shorter headers.',
  },
} as const
