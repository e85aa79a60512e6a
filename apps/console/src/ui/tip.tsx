import { type ReactNode, useId, useRef } from 'react'
import './tip.css'

/**
 * A short text beside a control while it is pointed at or has the focus; Escape closes it. Who hears the page hears it as the
 * control's description. `keys`: the key that does the same.
 */
export function Tip({
  text,
  keys,
  children,
}: {
  text: string
  keys?: string
  children: (describedBy: string) => ReactNode
}) {
  const id = useId()
  const tip = useRef<HTMLSpanElement>(null)
  const anchor = useRef<HTMLSpanElement>(null)
  const show = () => {
    const [box, around] = [tip.current, anchor.current?.getBoundingClientRect()]
    if (box === null || around === undefined || box.matches(':popover-open')) return
    box.showPopover()
    const { width, height } = box.getBoundingClientRect()
    const below = around.bottom + 6 + height < innerHeight
    box.style.top = `${below ? around.bottom + 6 : around.top - height - 6}px`
    box.style.left = `${Math.max(8, Math.min(around.left + around.width / 2 - width / 2, innerWidth - width - 8))}px`
  }
  const hide = () => {
    if (tip.current?.matches(':popover-open') === true) tip.current.hidePopover()
  }
  return (
    <span
      ref={anchor}
      className="tip-anchor"
      role="presentation"
      onMouseEnter={show}
      onMouseLeave={hide}
      onFocus={show}
      onBlur={hide}
      onKeyDown={(event) => {
        if (event.key === 'Escape') hide()
      }}
    >
      {children(id)}
      <span ref={tip} id={id} role="tooltip" popover="manual" className="tip">
        {text} {keys === undefined ? null : <kbd>{keys}</kbd>}
      </span>
    </span>
  )
}
