/**
 * A home router's UPnP, as much as is needed to ask for a port: run on a router of the lab with its address on the LAN.
 * Forwards with iptables. Prints each port that it gives.
 */
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'

const [, , address = ''] = process.argv
const HTTP_PORT = 5000
const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1'
const DESCRIPTION = `<?xml version="1.0"?><root><device><deviceList><device><serviceList><service>
<serviceType>${SERVICE}</serviceType><controlURL>/control</controlURL>
</service></serviceList></device></deviceList></device></root>`

const search = createSocket({ type: 'udp4', reuseAddr: true })
search.on('message', (message, from) => {
  if (!message.includes('InternetGatewayDevice:1')) return
  const lines = ['HTTP/1.1 200 OK', 'CACHE-CONTROL: max-age=120', `LOCATION: http://${address}:${HTTP_PORT}/root.xml`]
  search.send(`${lines.join('\r\n')}\r\n\r\n`, from.port, from.address)
})
search.bind(1900, () => search.addMembership('239.255.255.250', address))

const field = (body: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? ''

createServer((request, response) => {
  if (request.url === '/root.xml') {
    response.end(DESCRIPTION)
    return
  }
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const client = field(body, 'NewInternalClient')
    const external = field(body, 'NewExternalPort')
    // It knows of no end of a mapping, as many do, and says so.
    const isRefused = body.includes('AddPortMapping') && field(body, 'NewLeaseDuration') !== '0'
    response.statusCode = isRefused ? 500 : 200
    response.end(isRefused ? '<UPnPError><errorCode>725</errorCode></UPnPError>' : '<ok/>')
    if (isRefused || !body.includes('AddPortMapping')) return
    const protocol = field(body, 'NewProtocol').toLowerCase()
    const to = `${client}:${field(body, 'NewInternalPort')}`
    const rule = ['-p', protocol, '--dport', external, '-j', 'DNAT', '--to-destination', to]
    spawnSync('iptables', ['-w', '-t', 'nat', '-A', 'PREROUTING', '-i', 'eth0', ...rule])
    console.log(`${protocol} ${external} to ${to}`)
  })
}).listen(HTTP_PORT, address, () => console.log('ready'))
