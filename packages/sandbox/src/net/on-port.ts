import { RestyleError } from '@restyle/shared/errors'

/** Says which setting moves the port elsewhere when `start` finds it taken. Throws `PortTaken` then. */
export async function onPort<T>(port: number | undefined, setting: string, start: Promise<T>): Promise<T> {
  try {
    return await start
  } catch (error) {
    if (!isTaken(error)) throw error
    const said = `port ${port} is taken by another program: end it, or set ${setting} to a free one`
    throw new RestyleError('PortTaken', said, {}, error)
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EADDRINUSE', 'PortTaken'].includes(String(error.code))
