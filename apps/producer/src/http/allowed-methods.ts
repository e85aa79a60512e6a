import type { Api } from './api.ts'

/** The methods that an address has a route for, as `Allow` lists them; none where there is no such address. */
export function allowedMethods(app: Pick<Api, 'findRoute' | 'supportedMethods'>, path: string): string[] {
  const served = app.supportedMethods.filter(
    (method) => method !== 'OPTIONS' && app.findRoute({ method, url: path }) !== null,
  )
  return served.length === 0 ? [] : [...served, 'OPTIONS']
}
