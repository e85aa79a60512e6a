import { useEffect, useMemo, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type ChartLine, linesOf } from './chart-lines.ts'
import type { DayColumns } from './course.ts'
import './chart.css'

const height = 220

/**
 * Billed and reserved money by day as lines, how it goes on, and the cap of a day. The table beside it has the same numbers, and
 * the cards of the caps say the rest: this is hidden from who hears it.
 */
export function Chart({ columns, currency }: { columns: DayColumns; currency: string }) {
  const box = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => linesOf(columns, currency), [columns, currency])
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const ink = (name: string) => resolved(current, `var(--${name})`)
    const axis = {
      stroke: ink('text'),
      grid: { stroke: ink('line'), width: 1 },
      ticks: { stroke: ink('line') },
    }
    const plot = new UPlot(
      {
        width: current.clientWidth,
        height,
        // room for half of the last date
        padding: [12, 44, 0, 0],
        // ours draws the dashes
        legend: { show: false },
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
        axes: [
          { ...axis, incrs: [1, 7, 14].map((days) => days * 86_400), values: '{YYYY}-{MM}-{DD}', space: 90 },
          { ...axis, size: 70 },
        ],
        series: [
          {},
          ...lines.map(({ label, ink: name, width, dash, points }) => ({
            label,
            width,
            dash,
            points: { show: points },
            stroke: ink(name),
          })),
        ],
      },
      [columns.days, ...lines.map(({ values }) => values)],
      current,
    )
    const watch = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height }))
    watch.observe(current)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [columns, lines])
  return (
    <div className="chart" aria-hidden="true">
      <div ref={box} />
      <ul className="chart-legend">
        {lines.map((line) => (
          <li key={line.label}>
            {/* of the colour of its box, which forced colours replace */}
            <span className={`ink-${line.ink}`}>
              <Swatch line={line} />
            </span>
            {line.label}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A line as it is in the chart. */
const Swatch = ({ line: { width, dash, points } }: { line: ChartLine }) => (
  <svg width="36" height="10" viewBox="0 0 36 10">
    <path
      d="M0 5h36"
      stroke="currentColor"
      strokeWidth={width}
      strokeDasharray={dash.join(' ') || undefined}
    />
    {points ? <circle cx="18" cy="5" r="3" stroke="currentColor" strokeWidth="1.5" fill="none" /> : null}
  </svg>
)

/** What a colour is on this element, in a form that a canvas takes. */
function resolved(element: HTMLElement, value: string): string {
  const probe = document.createElement('span')
  probe.style.color = value
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
