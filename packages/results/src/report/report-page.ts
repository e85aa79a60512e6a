import { explain } from '@restyle/dashscope/catalogue'
import { moneyText, type Money } from '@restyle/dashscope/money'
import type { ReportHead, ShownEdit, Thumbnail } from './report-data.ts'
import { reportStyle } from './report-style.ts'

/** How many edits a page shows: more of them are numbered pages. */
export const rowsOfPage = 500

/** A longer text is cut here: a page must stay small, and JSON lines have all of it. What a picture shows is said in less. */
const [mostOfText, mostOfAlt] = [600, 80]

/** The report as one HTML document. Every text in it is escaped: a prompt may hold anything. */
export function reportPage(head: ReportHead, edits: readonly ShownEdit[]): string {
  const { title, batchId, counts, images, costs } = head
  const started = new Date(head.startedAt)
  const wall = new Date(head.endedAt).getTime() - started.getTime()
  const all = counts.succeeded + counts.failed + counts.canceled + counts.open
  const spent = costs.map(moneyText).join(' + ')
  const made = edits.filter(isMade)
  const troubled = edits.filter(({ error }) => error !== undefined)
  const others = edits.filter((edit) => edit.error === undefined && !isMade(edit))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${text(title)}${head.page === undefined ? '' : `, page ${head.page.number} of ${head.page.pages}`}</title>
<style>${reportStyle}</style>
</head>
<body>
<a class="skip" href="#edits">Skip to the edits</a>
<header>
  <p class="eyebrow">Restyle <span aria-hidden="true">·</span> batch <code>${text(batchId)}</code></p>
  <h1 dir="auto">${text(title)}</h1>
  <p class="when"><time datetime="${started.toISOString()}">${day.format(started)} UTC</time></p>
  <dl class="totals">
    ${total('Edits', all.toLocaleString('en'), outcomeOf(counts))}
    ${total('Images', images.toLocaleString('en'), 'stored in your bucket')}
    ${total('Cost', spent, costNote(costs, images))}
    ${total('Wall time', duration(wall), 'from first to last')}
  </dl>
</header>
${pagesOf(head)}
${indexOf(head)}
<main id="edits">
${section('Needs a look', troubled)}
${section('Before and after', made)}
${section('Not made', others)}
${edits.length === 0 ? '<p class="empty">The batch has no rows.</p>' : ''}
</main>
${pagesOf(head)}
<footer><p>This page holds its pictures, scaled down. The full ones are in the bucket under the keys shown.</p></footer>
</body>
</html>
`
}

const isMade = ({ error, images }: ShownEdit): boolean => error === undefined && images.length > 0

function outcomeOf({ succeeded, failed, canceled, open }: ReportHead['counts']): string {
  if (failed + canceled + open === 0) return 'all done'
  const parts: [number, string][] = [
    [succeeded, 'done'],
    [failed, 'failed'],
    [canceled, 'canceled'],
    [open, 'not ended'],
  ]
  return parts
    .flatMap(([count, what], i) => (i === 0 || count > 0 ? [`${count.toLocaleString('en')} ${what}`] : []))
    .join(', ')
}

function costNote([cost, ...others]: ReportHead['costs'], images: number): string {
  if (cost === undefined || others.length > 0) return 'in two currencies'
  if (images > 0) return `${moneyText({ ...cost, micros: Math.round(cost.micros / images) })} an image`
  return cost.micros > 0 ? 'no image came' : 'nothing was charged'
}

/** Links to the pages beside this one: the first, the last and the nearest. */
function pagesOf({ page }: ReportHead): string {
  if (page === undefined || page.pages === 1) return ''
  const { number, pages, firstRow, lastRow, nameOf } = page
  const near = [1, number - 2, number - 1, number, number + 1, number + 2, pages]
  const shown = [...new Set(near)].filter((each) => each >= 1 && each <= pages)
  const links = shown.map((each) =>
    each === number ? `<b aria-current="page">${each}</b>` : `<a href="${text(nameOf(each))}">${each}</a>`,
  )
  return `<nav class="pages" aria-label="Pages">${links.join(' ')} <span>rows ${firstRow} to ${lastRow}</span></nav>`
}

/** All pages with their rows, and where to look first: those on which something failed. */
function indexOf({ page }: ReportHead): string {
  if (page?.index === undefined || page.pages === 1) return ''
  const { number, nameOf, index } = page
  const items = index.map(({ firstRow, lastRow, failed }, i) => {
    const rows = `rows ${firstRow.toLocaleString('en')} to ${lastRow.toLocaleString('en')}`
    const link = i + 1 === number ? `<b>${rows}</b>` : `<a href="${text(nameOf(i + 1))}">${rows}</a>`
    return `<li>${link}${failed > 0 ? ` <span class="bad">${failed.toLocaleString('en')} failed</span>` : ''}</li>`
  })
  return `<nav class="index" aria-label="All pages"><details${index.length <= 40 ? ' open' : ''}><summary>All ${index.length.toLocaleString('en')} pages</summary><ol>${items.join('\n')}</ol></details></nav>`
}

function total(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd>${text(value)} <small>${text(note)}</small></dd></div>`
}

function section(heading: string, edits: readonly ShownEdit[]): string {
  if (edits.length === 0) return ''
  return `<section aria-label="${heading}"><h2>${heading} <span class="count">${edits.length}</span></h2>
<div class="cards">${edits.map(card).join('\n')}</div></section>`
}

function card(edit: ShownEdit): string {
  const heading = `edit-${text(edit.id)}`
  const many = edit.images.length > 1
  const prompt = cut(edit.prompt)
  const after = edit.images.map((image, i) => {
    const name = many ? `After ${i + 1}` : 'After'
    return figure(
      name,
      image.after,
      `${edit.key} after: ${cut(edit.prompt, mostOfAlt)}`,
      `<code>sha256 ${text(image.sha256.slice(0, 12))}…</code>`,
    )
  })
  const empty = '<div class="figure"><div class="none">No image</div></div>'
  const before = figure('Before', edit.before, `${edit.key} before`, '', edit.beforeIs)
  return `<article aria-labelledby="${heading}"${edit.error ? ' class="failed"' : ''}>
  <div class="top"><h3 id="${heading}" dir="auto">${text(edit.key)}</h3><span class="state">${text(edit.state)}</span></div>
  <blockquote dir="auto">${text(prompt)}</blockquote>
  <div class="pair">${before}${after.join('') || empty}</div>
  ${edit.error ? trouble(edit.error) : ''}
  <dl class="facts">
    <div><dt>Enqueued to stored</dt><dd>${edit.images.length > 0 && edit.ms !== undefined ? duration(edit.ms) : '–'}</dd></div>
    <div><dt>Cost</dt><dd>${text(moneyText(costOf(edit)))}</dd></div>
    ${edit.images.map((image, i) => `<div class="wide"><dt>Bucket key${many ? ` ${i + 1}` : ''}</dt><dd><code>${text(image.bucketKey)}</code></dd></div>`).join('')}
    <div class="wide"><dt>Edit</dt><dd><code>${text(edit.id)}</code></dd></div>
  </dl>
</article>`
}

function figure(
  name: string,
  picture: Thumbnail,
  alt: string,
  note = '',
  instead = 'This picture cannot be shown',
): string {
  const shown = picture
    ? `<img src="${picture.src}" width="${picture.width}" height="${picture.height}" alt="${text(alt)}">`
    : `<div class="none">${text(instead)}</div>`
  return `<figure>${shown}<figcaption>${name}${note ? ` <span>${note}</span>` : ''}</figcaption></figure>`
}

function trouble({ code, message, todo }: NonNullable<ShownEdit['error']>): string {
  return `<div class="trouble"><p><strong><code>${text(code)}</code></strong> ${text(cut(message))}</p>
  <p><strong>What to do</strong> ${text(todo ?? explain(code, message).todo)}</p></div>`
}

const costOf = ({ currency, costMicros }: Pick<ShownEdit, 'currency' | 'costMicros'>): Money => ({
  currency,
  micros: costMicros,
})

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })

/** `0.4 s`, `12.3 s`, `2 min 05 s`, `3 h 07 min`. */
function duration(ms: number): string {
  if (ms < 59_950) return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3_600)} h ${two((seconds % 3_600) / 60)} min`
}

/** A text of bounded length, cut through no character. */
const cut = (value: string, most = mostOfText): string =>
  value.length > most ? `${value.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : value

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}
