import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { DayColumns } from './course.ts'
import './chart.css'

/**
 * Billed and reserved money by day as lines, how it goes on, and the cap of a day. The table beside it has the same numbers, and
 * the cards of the caps say the rest: this is hidden from who hears it.
 */
export function Chart({ columns, currency }: { columns: DayColumns; currency: string }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const look = getComputedStyle(current)
    const colour = (name: string) => look.getPropertyValue(name).trim()
    // light-dark() is not resolved in a custom property: the canvas gets what the elements have
    const [text, line, accent, warn, bad] = ['text', 'line', 'accent', 'warn', 'bad'].map((name) =>
      resolved(current, `var(--${name})`),
    )
    const { days, billed, reserved, expected, cap } = columns
    // each line with dashes of its own: colour alone tells nothing
    const lines = [
      { values: billed, label: 'Billed', stroke: accent, look: { width: 2, points: { show: true } } },
      { values: reserved, label: 'Reserved', stroke: warn, look: { width: 2, dash: [6, 4] } },
      { values: expected, label: 'At this rate', stroke: accent, look: { width: 2, dash: [2, 4] } },
      { values: cap, label: 'Cap of a day', stroke: bad, look: { width: 1, dash: [14, 4, 2, 4] } },
    ].filter(({ values }) => values.length > 0)
    const axis = {
      stroke: text ?? colour('color'),
      grid: { stroke: line ?? '', width: 1 },
      ticks: { stroke: line ?? '' },
    }
    const plot = new UPlot(
      {
        width: current.clientWidth,
        height: 220,
        // room for half of the last date
        padding: [12, 44, 0, 0],
        // the table has the numbers
        legend: { live: false },
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
        axes: [
          { ...axis, incrs: [1, 7, 14].map((days) => days * 86_400), values: '{YYYY}-{MM}-{DD}', space: 90 },
          { ...axis, size: 70 },
        ],
        series: [
          {},
          ...lines.map(({ label, stroke = '', look }) => ({
            ...look,
            label: `${label} (${currency})`,
            stroke,
          })),
        ],
      },
      [days, ...lines.map(({ values }) => values)],
      current,
    )
    const watch = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height: 220 }))
    watch.observe(current)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [columns, currency])
  return <div ref={box} className="chart" aria-hidden="true" />
}

/** What a colour is on this element, in a form that a canvas takes. */
function resolved(element: HTMLElement, value: string): string {
  const probe = document.createElement('span')
  probe.style.color = value
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
