// Reads the messages whose paths stand on standard input with mailparser; a line of JSON each.
const { readFileSync } = require("node:fs");
const { simpleParser } = require("mailparser");

const addresses = (found) => (found?.value ?? []).map((one) => one.address);
async function main() {
  for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const message = await simpleParser(readFileSync(path));
    const [from] = message.from.value;
    const found = {
      sender_name: from.name, sender: from.address, subject: message.subject,
      to: addresses(message.to), cc: addresses(message.cc), bcc: addresses(message.bcc),
      fields: message.headerLines.map((one) => one.key),
      files: message.attachments.filter((one) => one.contentDisposition === "attachment")
        .map((one) => one.filename),
    };
    process.stdout.write(JSON.stringify(found) + "\n");
  }
}
main();
