import { basename } from 'node:path'
import type { Client } from '@restyle/client/client'
import type { Batch } from '@restyle/client/types'
import type { LocalPicture } from '@restyle/manifest/check-row'
import type { Plan } from '@restyle/manifest/plan-edits'
import type { CatalogFlags } from './catalog-flags.ts'
import type { CommandContext } from './command-context.ts'
import { catalogNameOf, compare, type Compared, type CutOff } from './compare-catalog.ts'
import { agree, type Foretelling, type Foretold, foretell, promptLines } from './foretell.ts'
import { type FinishTime, ownZone, type WindowHours } from './flag-values.ts'
import type { Io } from './io.ts'
import { type PreparedPlan, preparePlan } from './prepare-plan.ts'
import { isRejects } from './rejects.ts'
import { priorityOf, type RequestFlags } from './request-options.ts'
import { sendPlan } from './send-plan.ts'
import { dryRunLine, planFacts, summaryLines } from './show/plan-lines.ts'
import { type LiveLine, liveLine } from './show/live-line.ts'
import { noteLines } from './show/note-lines.ts'
import { rowCountLines } from './show/row-count-lines.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type ExitCode, Stop } from './stop.ts'
import { uploadPictures } from './upload-pictures.ts'
import { watch } from './watch.ts'
import { countText } from './show/count-text.ts'

/** The flags of `restyle run`. */
export type RunFlags = RequestFlags &
  CatalogFlags & {
    /** What the batch may cost, in micros of its currency. */
    budget?: number
    currency?: 'CNY' | 'USD'
    finishBy?: FinishTime
    window?: WindowHours
    /** Of the window and of the time by which it should be done. */
    tz?: string
    keyColumn?: string
    pictures?: string
    name?: string
    catalog?: string
    all?: true
    hold?: true
    yes?: true
    askAbove?: number
    dryRun?: true
    /** false with `--no-fetch`: pictures are not looked at. */
    fetch: boolean
    wait: boolean
    idempotencyKey?: string
    json?: true
  }

type Clients = Pick<CommandContext, 'openedToLook' | 'openedToSend'>

/**
 * A catalog becomes a batch: every row is checked and compared with what was enqueued before, then pictures are uploaded,
 * then the edits of those that are to be done are enqueued.
 */
export async function run(path: string, flags: RunFlags, clients: Clients, io: Io): Promise<ExitCode> {
  if (!flags.fetch && flags.dryRun === undefined)
    throw new Stop('input', ['--no-fetch: is for --dry-run; what is sent has to be looked at'])
  const limits = limitsOf(flags, io.now())
  const line = liveLine(io.stderr, io.now)
  const prepared = await preparePlan(path, flags, line, io)
  try {
    return await runPrepared(path, flags, { clients, line, limits, planning: prepared.plan }, io)
  } finally {
    await prepared[Symbol.asyncDispose]()
  }
}

type Running = { clients: Clients; line: LiveLine; limits: Limits; planning: PreparedPlan['plan'] }

async function runPrepared(
  path: string,
  flags: RunFlags,
  { clients, line, limits, planning }: Running,
  io: Io,
): Promise<ExitCode> {
  const { json, dryRun } = flags
  const asked = { ...askedOf(flags), ...limits }
  const name = catalogNameOf(path, flags, io.cwd)
  let client: Promise<Client> | undefined
  const open = () => (client ??= dryRun === undefined ? clients.openedToSend() : clients.openedToLook())
  const { plan, into, openBatches, why } = await compare({ name, flags, open, io, line, planning })
  printLines(io.stderr, ...noteLines(plan.notes), ...openLines(openBatches, into?.id))
  // a part of a catalog has no rows that are gone
  const rows = isRejects(path) ? { ...plan.rows, gone: 0 } : plan.rows
  const counts = rowCountLines(rows, plan.total, flags.all === true)
  if (dryRun === true) {
    // who could not be asked about the catalog is not asked again
    const told =
      why === undefined ? await foretell(plan, asked, open, io) : { lines: await promptLines(plan) }
    return dryRunOf(plan, counts, told, json, io)
  }
  if (json === undefined) printLines(io.stdout, ...counts)
  if (plan.edits === 0 && into === undefined) return nothingToDo(plan, json, io)
  const told = await foretell(plan, asked, open, io)
  if (json === undefined) printLines(io.stdout, ...summaryLines(plan, isPriced(told)), ...told.lines)
  if (told.refusal !== undefined) throw new Stop('input', [told.refusal])
  await agree(told, flags, io)
  return enqueue(path, flags, { plan, into, name, limits, client: await open(), line }, io)
}

type Enqueuing = Pick<Compared, 'plan'> & {
  into: CutOff | undefined
  name: string
  limits: Limits
  client: Client
  line: LiveLine
}

async function enqueue(
  path: string,
  flags: RunFlags,
  { plan, into, name: catalog, limits, client, line }: Enqueuing,
  io: Io,
): Promise<ExitCode> {
  const { json } = flags
  if (plan.pictures.distinct > 0)
    await uploadPictures(client, picturesOf(plan), io.cwd, (done) =>
      line.show(() => `uploaded ${done} of ${plan.pictures.distinct}`),
    ).finally(() => line.end())
  const options = {
    name: flags.name ?? basename(path),
    catalog,
    ...priorityOf(flags),
    ...limits,
    ...(flags.idempotencyKey === undefined ? {} : { idempotencyKey: flags.idempotencyKey }),
    ...(into === undefined ? {} : { into }),
    ...(flags.hold && { held: true as const }),
  }
  const batch = await sendPlan(plan, options, client, io, line)
  if (json === undefined)
    printLines(io.stdout, into === undefined ? `${batch.id} accepted` : `${batch.id} continued`)
  const rows = rowFacts(plan)
  if (flags.wait) return watch(batch.id, json === undefined ? {} : { json, more: rows }, client, io)
  if (json === undefined) printLines(io.stdout, `watch it with: restyle watch ${batch.id}`)
  else await writeRaw(io.stdout, `${JSON.stringify({ ...batch, ...rows })}\n`, io.signal)
  return 0
}

const rowFacts = ({ total, rows }: Plan) => ({ rows: { total, ...rows } })

async function* picturesOf(plan: Plan): AsyncGenerator<LocalPicture> {
  for await (const { pictures } of plan.planned()) yield* pictures
}

/** Batches of the catalog that wait for more rows, which come from nowhere but the command that opened them. */
const openLines = (batches: readonly Batch[], into: string | undefined): string[] =>
  batches
    .filter(({ id }) => id !== into)
    .map(
      ({ id, total }) =>
        `${id} of this catalog is still open, with ${countText(total, 'row')}: the run of an earlier state of it was cut off. Let it end with: restyle close ${id}`,
    )

async function nothingToDo(plan: Plan, json: true | undefined, io: Io): Promise<ExitCode> {
  if (json === undefined) printLines(io.stdout, 'nothing to do')
  else await writeRaw(io.stdout, `${JSON.stringify(rowFacts(plan))}\n`, io.signal)
  return 0
}

async function dryRunOf(
  plan: Plan,
  counts: readonly string[],
  told: Foretold,
  json: true | undefined,
  io: Io,
): Promise<ExitCode> {
  const { lines, answer, refusal } = told
  if (json === undefined)
    printLines(io.stdout, ...counts, ...summaryLines(plan, isPriced(told)), ...lines, dryRunLine(plan))
  else {
    const facts = { ...planFacts(plan), ...(answer === undefined ? {} : { told: answer }) }
    await writeRaw(io.stdout, `${JSON.stringify(facts)}\n`, io.signal)
  }
  // as the run itself ends
  if (refusal !== undefined) throw new Stop('input', [refusal])
  return 0
}

/** What holds for all rows and costs no image of its own: money and time. */
type Limits = Pick<Foretelling, 'budget' | 'finishBy' | 'window'>

function limitsOf(
  { budget: micros, currency = 'CNY', finishBy, window, tz: timeZone = ownZone() }: RunFlags,
  now: number,
): Limits {
  const by = finishBy?.(timeZone, now)
  if (by !== undefined && Date.parse(by) <= now) throw new Stop('input', [`--finish-by: ${by} is over`])
  return {
    ...(micros === undefined ? {} : { budget: { currency, micros } }),
    ...(by === undefined ? {} : { finishBy: by }),
    ...(window === undefined ? {} : { window: { ...window, timeZone } }),
  }
}

const askedOf = ({ class: rowClass, priority }: RunFlags): Foretelling => ({
  ...(rowClass === undefined ? {} : { class: rowClass }),
  ...(priority === undefined ? {} : { priority }),
})

/** The lanes say it better than the table of prices does. */
const isPriced = ({ answer }: Foretold): boolean => (answer?.price.length ?? 0) > 0
