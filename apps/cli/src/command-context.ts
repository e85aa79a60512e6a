import type { Client } from '@restyle/client/client'
import type { Io } from './io.ts'
import type { ExitCode } from './stop.ts'

/** What the commands of `restyle` are made with. */
export type CommandContext = {
  io: Io
  /** Runs a command to its end; its exit code is that of the program. */
  end: (code: Promise<ExitCode>) => Promise<void>
  /** Opens the client, once. Throws a `Stop` where there is no key. */
  opened: () => Promise<Client>
  /** The same for what sends pictures: it also says where to, if a file on the way named the address. */
  openedToSend: () => Promise<Client>
  /** The same for what can do without a producer: its calls are not repeated. */
  openedToLook: () => Promise<Client>
}
