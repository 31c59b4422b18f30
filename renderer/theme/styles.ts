/** Every style sheet of the first page, in the order in which they may override each other. */
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'

import './tokens.css'
import './base.css'
