import { exitOnKnownError } from '@restyle/shared/read-env'
import { Command } from 'commander'
import { serve as serveDashScope } from '../dashscope/serve.ts'

const program = new Command('sandbox').description('Pretend things to try Restyle against; never shipped.')

// each pretend thing reads its own options
const thing = (name: string, description: string, serve: (argv: string[]) => Promise<void>): void => {
  program
    .command(name)
    .description(description)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_: unknown, command: Command) => serve(command.args))
}

thing('dashscope', 'the DashScope simulator (--help for its options)', serveDashScope)

await exitOnKnownError(() => program.parseAsync())
