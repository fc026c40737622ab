// Calls with the npm package `soap`; see clients.py for what comes in and goes out.
const fs = require("fs");
const soap = require("soap");

const task = JSON.parse(fs.readFileSync(0, "utf-8"));

function security() {
  const { user, password } = task;
  return task.identify === "token"
    ? new soap.WSSecurity(user, password, { passwordType: "PasswordText", mustUnderstand: true })
    : new soap.BasicAuthSecurity(user, password);
}

function called(method, values) {
  return new Promise((resolve) => {
    method(values, (error, result) => {
      if (!error) return resolve({ result });
      const fault = error.root && error.root.Envelope.Body.Fault;
      if (!fault) throw error;
      resolve({ fault: flat(fault) });
    });
  });
}

function flat(fault) {
  // SOAP 1.1 and 1.2 name the same parts differently.
  const code = fault.faultcode || fault.Code.Value;
  const text = fault.faultstring || fault.Reason.Text;
  return { code: code.$value || code, text: text.$value || text, detail: fault.detail || fault.Detail };
}

async function main() {
  const client = await soap.createClientAsync(task.wsdl, {
    forceSoap12Headers: task.version === "1.2",
  });
  client.setSecurity(security());
  const port = client.Helpdesk[`HelpdeskSoap${task.version.replace(".", "")}`];
  const answers = [];
  for (const [operation, values] of task.calls) {
    answers.push(await called(port[operation], values));
  }
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
