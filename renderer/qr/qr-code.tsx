import { encodeQR } from 'qr'
import { useMemo } from 'react'

import classes from './qr-code.module.css'

/** What the standard asks to stay empty around a code, in modules. */
const QUIET = 4

/** A text as a code for cameras: dark on light in both themes, for many readers know no other. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => drawing(text), [text])
  return (
    <svg
      className={classes['code']}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <rect className={classes['light']} width={size} height={size} />
      <path className={classes['dark']} d={path} />
    </svg>
  )
}

function drawing(text: string): { readonly size: number; readonly path: string } {
  // A screen is clean and lit: little redundancy, so that the modules are large.
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: QUIET })
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size: rows.length, path: dark.join('') }
}
