import { memo } from 'react'
import ReactMarkdown from 'react-markdown'
import type { Components, Options } from 'react-markdown'
import remarkBreaks from 'remark-breaks'
import remarkGfm from 'remark-gfm'

import classes from './markdown.module.css'

const PLUGINS: NonNullable<Options['remarkPlugins']> = [[remarkGfm, { singleTilde: false }], remarkBreaks]

/** Links open outside of the app; pictures from the network are never loaded, only linked. */
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt === undefined || alt === '' ? src : alt}
    </a>
  ),
  // A message is no page: its headings are no headings of the page.
  h1: ({ children }) => <p className={classes['heading']}>{children}</p>,
  h2: ({ children }) => <p className={classes['heading']}>{children}</p>,
  h3: ({ children }) => <p className={classes['heading']}>{children}</p>,
  h4: ({ children }) => <p className={classes['heading']}>{children}</p>,
  h5: ({ children }) => <p className={classes['heading']}>{children}</p>,
  h6: ({ children }) => <p className={classes['heading']}>{children}</p>,
  pre: ({ children }) => (
    // Scrollable regions must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0}>{children}</pre>
  ),
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes['table']} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
}

/** Markdown as React elements: raw HTML in it is text, and nothing is ever set as HTML. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  return (
    <div className={classes['markdown']}>
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  )
})
