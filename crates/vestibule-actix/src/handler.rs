vestibule_web::handler_types!(vestibule_actix);
