import { RestyleError } from '@restyle/shared/errors'

// a double quote comes last: Node reads \n between double quotes as the end of a line
const quotes = ["'", '`', '"']

/** Variables as a file that `node --env-file` reads back as they were. Throws where a value holds every quote. */
export const envText = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => {
      const quote = quotes.find((each) => !value.includes(each))
      if (quote === undefined) throw new RestyleError('BadConfiguration', `${name} holds every kind of quote`)
      return `${name}=${quote}${value}${quote}\n`
    })
    .join('')
