import type { Plan } from '@restyle/manifest/plan-edits'
import { countText } from './count-text.ts'
import { preparationLines } from './preparation-lines.ts'
import { priceOf, priceText } from './price.ts'

/** What is to be made, and what it costs at most; without the price where it is known better, or nothing is to be made. */
export function summaryLines(plan: Plan, priced = false): string[] {
  const { images, byRegion } = priceOf(plan.images)
  const megabytes = (plan.pictures.bytes / 1e6).toFixed(1)
  return [
    `${countText(plan.edits, 'edit')}, ${countText(plan.pictures.distinct, 'distinct local picture')} (${megabytes} MB), ${countText(images, 'image')} to make`,
    ...preparationLines(plan.prepared),
    ...(priced || byRegion.size === 0 ? [] : [`price: at most ${priceText(byRegion)}`]),
  ]
}

/** Local pictures were decoded, unless nobody was to look at them; what is elsewhere the vendor fetches. */
export function dryRunLine({ addresses, unseen }: Plan): string {
  const parts = [
    ...(addresses === 0 ? [] : [`${countText(addresses, 'picture')} at addresses`]),
    ...(unseen === 0 ? [] : [countText(unseen, 'local picture')]),
  ]
  return `dry run: nothing was sent${parts.length === 0 ? '' : `; not looked at: ${parts.join(' and ')}`}`
}

/** The same for programs. */
export function planFacts(plan: Plan): object {
  const { images, byRegion } = priceOf(plan.images)
  return {
    rows: { total: plan.total, ...plan.rows },
    edits: plan.edits,
    images,
    pictures: plan.pictures.distinct,
    bytes: plan.pictures.bytes,
    prepared: { pictures: plan.prepared.pictures, ...Object.fromEntries(plan.prepared.changes) },
    notLookedAt: plan.addresses + plan.unseen,
    price: Object.fromEntries(byRegion),
  }
}
