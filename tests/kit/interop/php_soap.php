<?php
// Calls with PHP's own SoapClient; see clients.py for what comes in and goes out.

$task = json_decode(file_get_contents('php://stdin'), true, 64, JSON_THROW_ON_ERROR);

$client = new SoapClient($task['wsdl'], [
    'soap_version' => $task['version'] === '1.2' ? SOAP_1_2 : SOAP_1_1,
    'login' => $task['user'],
    'password' => $task['password'],
    'cache_wsdl' => WSDL_CACHE_NONE,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    'exceptions' => true,
]);

$answers = [];
foreach ($task['calls'] as [$operation, $values]) {
    try {
        $answers[] = ['result' => $client->__soapCall($operation, [$values])];
    } catch (SoapFault $fault) {
        $answers[] = ['fault' => [
            'code' => $fault->faultcode,
            'text' => $fault->getMessage(),
            'detail' => $fault->detail ?? null,
        ]];
    }
}
echo json_encode($answers, JSON_THROW_ON_ERROR);
