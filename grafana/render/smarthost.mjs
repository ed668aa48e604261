// A mail server of a few lines: it greets, offers STARTTLS and goes. node smarthost.mjs PORT FOLDER-OF-KEY-AND-CERTIFICATE
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const [port, folder] = process.argv.slice(2);
const secureContext = tls.createSecureContext({ key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) });

function talk(socket, secure) {
  socket.on('error', () => socket.destroy());
  socket.on('data', data => {
    const command = String(data).slice(0, 4).toUpperCase();
    if (command === 'EHLO') socket.write(`250-smarthost.contoso.test\r\n250-SIZE 36700160\r\n${secure ? '' : '250-STARTTLS\r\n'}250 HELP\r\n`);
    else if (command === 'STAR' && !secure) {
      socket.removeAllListeners('data');
      socket.write('220 go ahead\r\n');
      talk(new tls.TLSSocket(socket, { isServer: true, secureContext }), true);
    } else if (command === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('502 no\r\n');
  });
}

net.createServer(socket => {
  socket.write('220 smarthost.contoso.test ESMTP\r\n');
  talk(socket, false);
}).listen(Number(port), '127.0.0.1');
