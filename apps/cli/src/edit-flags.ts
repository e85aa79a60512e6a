import { defaultModel, models } from '@restyle/dashscope/models'
import { type Command, Option } from 'commander'
import { integer, priority } from './flag-values.ts'

/** Adds the flags that become a part of every edit, and its priority. */
export const withEditFlags = (command: Command): Command =>
  command
    .option('-p, --prompt <text>', 'the instruction; {{column}} is filled from each row of a catalog')
    .option('--model <id>', `${Object.keys(models).join(', ')} (default: ${defaultModel.id})`)
    .option('--n <count>', 'images per edit, each one billed', integer, 1)
    .option('--size <W*H>', 'size of the images in pixels, such as 1280*960')
    .option('--negative <text>', 'what must not appear in the images')
    .option('--seed <number>', 'the same seed gives similar images', integer)
    .option('--no-prompt-extend', 'send the prompt unchanged: the model does not rewrite it')
    .option('--watermark', 'let the vendor put its watermark on the images')
    .addOption(
      new Option('--class <class>', 'how soon its turn comes: bulk leaves others nine tenths').choices([
        'interactive',
        'standard',
        'bulk',
      ]),
    )
    .option('--priority <1 to 9>', 'which of your own goes first: 9 before all (default: 5)', priority)
