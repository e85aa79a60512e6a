import type { Resolution } from '@restyle/client/types'
import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'
import { integer } from './flag-values.ts'
import { decide, review } from './review.ts'

/** Edits that wait for a person. */
export function withReview(program: Command, { io, end, opened }: CommandContext): void {
  const decideOn = async (edit: string, resolution: Resolution, flags: { json?: true }) =>
    end(decide(edit, resolution, flags, await opened(), io))
  const json = ['--json', 'print JSON instead of text'] as const
  const listing = program
    .command('review')
    .description('show the edits that wait for a person, or decide one of them')
    .option(...json)
    .action(async (flags: { json?: true }) => end(review(flags, await opened(), io)))
  const decision = (usage: string, description: string) =>
    listing
      .command(usage)
      .description(description)
      .option(...json)
  // both commands have --json, and the outer one takes it wherever it is written
  const jsonOf = (command: Command) => command.optsWithGlobals<{ json?: true }>()

  decision('adopt <edit> <task>', 'the task belongs to the edit: take its images, nothing more is billed')
    .option('--force', 'even if the task is not one of the candidates')
    .action((edit: string, taskId: string, { force }: { force?: true }, command: Command) =>
      decideOn(edit, { action: 'adopt', taskId, ...(force && { force }) }, jsonOf(command)),
    )
  decision('resubmit <edit>', 'submit it again: billed twice if one of the tasks was its own').action(
    (edit: string, _: object, command: Command) => decideOn(edit, { action: 'resubmit' }, jsonOf(command)),
  )
  decision('drop <edit>', 'let it fail: if it made a task, that is billed and not stored').action(
    (edit: string, _: object, command: Command) => decideOn(edit, { action: 'drop' }, jsonOf(command)),
  )
  decision('give-up <edit>', 'paid images that cannot be stored: try each once more, then let it fail')
    .argument(
      '[image...]',
      'which of its images, counted from 0 (default: all that are not stored)',
      (text, before: number[]) => [...before, integer(text)],
      [],
    )
    .action((edit: string, images: number[], _: object, command: Command) =>
      decideOn(edit, { action: 'giveUp', ...(images.length > 0 && { images }) }, jsonOf(command)),
    )
}
