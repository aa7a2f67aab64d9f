// The interactive API documentation. Its code comes first, as a script of its own, and from this server alone.
interface SwaggerUI {
  (options: object): object;
}
declare const SwaggerUIBundle: SwaggerUI;

const root = document.getElementById("swagger-ui");
if (root) {
  SwaggerUIBundle({
    url: root.dataset["url"],
    domNode: root,
    deepLinking: true,
    docExpansion: "none",
    // Swagger's badge would send the address of the document to a server of somebody else.
    validatorUrl: null,
    persistAuthorization: false,
    requestInterceptor: (request: { headers: Record<string, string> }) => {
      request.headers["X-CSRF-Token"] = root.dataset["csrf"] ?? "";
      return request;
    },
  });
}
export {};
