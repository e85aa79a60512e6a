import { explain } from '@restyle/dashscope/catalogue'
import { addMoney, cny, moneyText, type Money } from '@restyle/dashscope/money'
import type { ReportData, ReportEdit, Thumbnail } from './report-data.ts'
import { reportStyle } from './report-style.ts'

type ShownImage = Omit<ReportEdit['images'][number], 'bytes'> & { after: Thumbnail }
type ShownEdit = Omit<ReportEdit, 'before' | 'images'> & { before: Thumbnail; images: ShownImage[] }

/** The report as one HTML document. Every text in it is escaped: a prompt may hold anything. */
export function reportPage(report: Omit<ReportData, 'edits'> & { edits: ShownEdit[] }): string {
  const { title, batchId, edits } = report
  const started = new Date(report.startedAt)
  const troubled = edits.filter((edit) => edit.error)
  const images = edits.reduce((sum, edit) => sum + edit.images.length, 0)
  const spent = edits.map(costOf).reduce(addMoney, cny(0))
  const wall = new Date(report.endedAt).getTime() - started.getTime()
  const stored = edits.length - troubled.length
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<a class="skip" href="#edits">Skip to the edits</a>
<header>
  <p class="eyebrow">Restyle <span aria-hidden="true">·</span> batch <code>${text(batchId)}</code></p>
  <h1>${text(title)}</h1>
  <p class="when"><time datetime="${started.toISOString()}">${day.format(started)} UTC</time></p>
  <dl class="totals">
    ${total('Edits', String(edits.length), troubled.length ? `${stored} done, ${troubled.length} failed` : 'all done')}
    ${total('Images', String(images), 'stored in your bucket')}
    ${total('Cost', moneyText(spent), images ? `${moneyText({ ...spent, micros: Math.round(spent.micros / images) })} an image` : 'nothing was charged')}
    ${total('Wall time', duration(wall), 'from first to last')}
  </dl>
</header>
<main id="edits">
${troubled.length ? section('Needs a look', troubled) : ''}
${section(
  'Before and after',
  edits.filter((edit) => !edit.error),
)}
</main>
<footer><p>This page holds its pictures, scaled down. The full ones are in the bucket under the keys shown.</p></footer>
</body>
</html>
`
}

function total(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd>${text(value)} <small>${text(note)}</small></dd></div>`
}

function section(heading: string, edits: ShownEdit[]): string {
  if (edits.length === 0) return ''
  return `<section aria-label="${heading}"><h2>${heading} <span class="count">${edits.length}</span></h2>
<div class="cards">${edits.map(card).join('\n')}</div></section>`
}

function card(edit: ShownEdit): string {
  const heading = `edit-${text(edit.id)}`
  const many = edit.images.length > 1
  const after = edit.images.map((image, i) => {
    const name = many ? `After ${i + 1}` : 'After'
    return figure(
      name,
      image.after,
      `${edit.key} after: ${edit.prompt}`,
      `<code>sha256 ${text(image.sha256.slice(0, 12))}…</code>`,
    )
  })
  const empty = '<div class="figure"><div class="none">No image</div></div>'
  return `<article aria-labelledby="${heading}"${edit.error ? ' class="failed"' : ''}>
  <div class="top"><h3 id="${heading}">${text(edit.key)}</h3><span class="state">${text(edit.state)}</span></div>
  <blockquote>${text(edit.prompt)}</blockquote>
  <div class="pair">${figure('Before', edit.before, `${edit.key} before`)}${after.join('') || empty}</div>
  ${edit.error ? trouble(edit.error) : ''}
  <dl class="facts">
    <div><dt>Submit to stored</dt><dd>${edit.images.length ? `${Math.round(edit.ms).toLocaleString('en')} ms` : '–'}</dd></div>
    <div><dt>Cost</dt><dd>${text(moneyText(costOf(edit)))}</dd></div>
    ${edit.images.map((image, i) => `<div class="wide"><dt>Bucket key${many ? ` ${i + 1}` : ''}</dt><dd><code>${text(image.bucketKey)}</code></dd></div>`).join('')}
    <div class="wide"><dt>Edit</dt><dd><code>${text(edit.id)}</code></dd></div>
  </dl>
</article>`
}

function figure(name: string, picture: Thumbnail, alt: string, note = ''): string {
  const shown = picture
    ? `<img src="${picture.src}" width="${picture.width}" height="${picture.height}" alt="${text(alt)}">`
    : '<div class="none">This picture cannot be shown</div>'
  return `<figure>${shown}<figcaption>${name}${note ? ` <span>${note}</span>` : ''}</figcaption></figure>`
}

function trouble({ code, message, todo }: NonNullable<ReportEdit['error']>): string {
  return `<div class="trouble"><p><strong><code>${text(code)}</code></strong> ${text(message)}</p>
  <p><strong>What to do</strong> ${text(todo ?? explain(code, message).todo)}</p></div>`
}

const costOf = ({ currency, costMicros }: Pick<ReportEdit, 'currency' | 'costMicros'>): Money => ({
  currency,
  micros: costMicros,
})

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })

/** `0.4 s`, `12.3 s`, `2 min 05 s`, `3 h 07 min`. */
function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  return `${Math.floor(seconds / 3_600)} h ${two((seconds % 3_600) / 60)} min`
}

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
